#include "net/web.h"

#include "config.h"

#include <dlfcn.h>
#include <string.h>

#include "base/error.h"
#include "net/web_priv.h"

/* --- loading, in the worker
 * ------------------------------------------------------------------------ */

static void
set_unusable(GError **error, const char *file, const char *why)
{
    g_autofree char *shown = file ? g_filename_display_name(file) : g_strdup("weft-web.so");

    g_set_error(error, WEFT_ERROR, WEFT_ERROR_INTERNAL,
                "weft's part for HTTP and WebSockets (%s) cannot be loaded: %s. Accounts that need "
                "it stay offline; install weft anew, with libcurl and libwebsockets.",
                shown, why);
}

/* It stays loaded until the program ends: the libraries behind it cannot be unloaded. */
static const struct web_module *
load_file(const char *file, GError **error)
{
    const struct web_module *module;
    void *handle = file ? dlopen(file, RTLD_NOW | RTLD_LOCAL) : NULL;

    if (!handle) {
        set_unusable(error, file, file ? dlerror() : "this program was made without it");
        return NULL;
    }
    module = dlsym(handle, WEB_MODULE_SYMBOL);
    if (!module || strcmp(module->version, PACKAGE_VERSION) != 0) {
        set_unusable(error, file, "it belongs to another version of weft");
        dlclose(handle);
        return NULL;
    }
    return module;
}

static void
load(GTask *task, void *source, void *file, GCancellable *cancellable)
{
    GError *error = NULL;
    const struct web_module *module = load_file(file, &error);

    if (module)
        g_task_return_pointer(task, (void *)(uintptr_t)module, NULL);
    else
        g_task_return_error(task, error);
}

/* --- who waits
 * ------------------------------------------------------------------------------------- */

/* Who asks anew from inside its failure waits for the next try. */
static void
tell_waiters(struct web *web, const GError *error)
{
    const unsigned load = web->loads;
    struct web_waiter *waiter;

    while ((waiter = g_queue_peek_head(&web->waiters)) && waiter->load == load) {
        g_queue_pop_head(&web->waiters);
        if (error)
            waiter->fail(waiter, error);
        else
            waiter->start(waiter);
    }
}

static void
on_loaded(GObject *source, GAsyncResult *result, void *user)
{
    g_autoptr(GError) error = NULL;
    const struct web_module *module = g_task_propagate_pointer(G_TASK(result), &error);
    struct web *web = user;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* it is gone */
    g_clear_object(&web->loading);
    web->module = module;
    if (module) {
        web->http = module->http_new(web->clock);
        web->ground = module->ws_ground_new(web->clock);
    }
    tell_waiters(web, error);
}

void
web_wait(struct web *web, struct web_waiter *waiter)
{
    if (web->module) {
        waiter->start(waiter);
        return;
    }
    if (!web->loading) {
        web->loads++;
        web->loading = g_cancellable_new();
        g_autoptr(GTask) task = g_task_new(NULL, web->loading, on_loaded, web);
        g_task_set_task_data(task, g_strdup(web->file), g_free);
        g_task_run_in_thread(task, load);
    }
    waiter->load = web->loads;
    g_queue_push_tail(&web->waiters, waiter);
}

void
web_leave(struct web *web, struct web_waiter *waiter)
{
    g_queue_remove(&web->waiters, waiter);
}

struct web *
web_new(struct clock *clock, const char *module_file)
{
    struct web *web = g_new0(struct web, 1);

    web->clock = clock;
    web->file = g_strdup(module_file);
    web->calls = g_hash_table_new_full(NULL, NULL, web_call_free, NULL);
    g_queue_init(&web->waiters);
    return web;
}

void
web_free(struct web *web)
{
    if (!web)
        return;
    if (web->loading) {
        g_cancellable_cancel(web->loading);
        g_clear_object(&web->loading);
    }
    if (web->module) {
        web->module->http_free(web->http);
        web->module->ws_ground_free(web->ground);
    }
    g_queue_clear(&web->waiters);
    g_hash_table_unref(web->calls);
    g_free(web->file);
    g_free(web);
}
