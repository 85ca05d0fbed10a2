#include "daemon/page_file.h"

#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "daemon/page.h"

struct page_file {
    struct core *core;
    char *path;
    unsigned subscription, timer;
    char *written; /* what the file has, but for its time; NULL: nothing of ours */
    char *failed;  /* why it could not be written the last time; or NULL */
};

/* The time of the page stands in its footer, and is no change. */
static char *
without_time(const char *html)
{
    const char *foot = g_strrstr(html, "<footer>");

    return g_strndup(html, foot ? (gsize)(foot - html) : strlen(html));
}

static void
write_page(struct page_file *page)
{
    g_autofree char *html = page_html(page->core, 0);
    g_autofree char *bare = without_time(html);
    g_autoptr(GError) error = NULL;

    if (g_strcmp0(bare, page->written) == 0)
        return;
    g_clear_pointer(&page->written, g_free);
    if (file_write_public(page->path, html, strlen(html), &error)) {
        page->written = g_steal_pointer(&bare);
        g_clear_pointer(&page->failed, g_free);
    } else if (g_strcmp0(page->failed, error->message) != 0) {
        log_warning("headless", "The page is not written: %s It is tried again when it changes.",
                    error->message);
        g_free(page->failed);
        page->failed = g_strdup(error->message);
    }
}

static void
on_time(void *user)
{
    struct page_file *page = user;

    page->timer = 0;
    write_page(page);
}

static void
on_notice(const struct notice *notice, void *user)
{
    struct page_file *page = user;

    switch (notice->type) {
    case NOTICE_RELAY:
    case NOTICE_ACCOUNT:
    case NOTICE_MEMBERS:
    case NOTICE_BUFFER_CHANGED:
    case NOTICE_CONFIG:
        if (page->timer == 0)
            page->timer =
                clock_timer_add(core_clock(page->core), PAGE_FILE_EVERY_US, on_time, page);
        break;
    default:
        break;
    }
}

struct page_file *
page_file_new(struct core *core, const char *path)
{
    struct page_file *page = g_new0(struct page_file, 1);

    page->core = core;
    page->path = g_strdup(path);
    page->subscription = bus_subscribe(core_bus(core), on_notice, page);
    write_page(page);
    return page;
}

void
page_file_free(struct page_file *page)
{
    if (!page)
        return;
    bus_unsubscribe(core_bus(page->core), page->subscription);
    clock_timer_del(core_clock(page->core), page->timer);
    g_free(page->path);
    g_free(page->written);
    g_free(page->failed);
    g_free(page);
}
