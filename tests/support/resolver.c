#include "tests/support/resolver.h"

#include <gio/gio.h>

#define TEST_TYPE_RESOLVER (test_resolver_get_type())
G_DECLARE_FINAL_TYPE(TestResolver, test_resolver, TEST, RESOLVER, GResolver)

struct _TestResolver {
    GResolver parent;
    GResolver *rest;
    GHashTable *names;
};

G_DEFINE_TYPE(TestResolver, test_resolver, G_TYPE_RESOLVER)

static void
on_rest(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(GTask) task = user;
    GError *error = NULL;
    GList *found = g_resolver_lookup_by_name_with_flags_finish(G_RESOLVER(source), result, &error);

    if (error)
        g_task_return_error(task, error);
    else
        g_task_return_pointer(task, found, (GDestroyNotify)g_resolver_free_addresses);
}

static void
look_up(GResolver *resolver, const gchar *name, GResolverNameLookupFlags flags,
        GCancellable *cancellable, GAsyncReadyCallback fn, gpointer user)
{
    TestResolver *self = TEST_RESOLVER(resolver);
    g_autoptr(GTask) task = g_task_new(self, cancellable, fn, user);

    if (!g_hash_table_contains(self->names, name)) {
        g_resolver_lookup_by_name_with_flags_async(self->rest, name, flags, cancellable, on_rest,
                                                   g_steal_pointer(&task));
        return;
    }
    if ((flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY) != 0) {
        g_task_return_new_error(task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND,
                                "%s has no IPv6 address", name);
        return;
    }
    g_task_return_pointer(task, g_list_prepend(NULL, g_inet_address_new_from_string("127.0.0.1")),
                          (GDestroyNotify)g_resolver_free_addresses);
}

static void
look_up_any(GResolver *resolver, const gchar *name, GCancellable *cancellable,
            GAsyncReadyCallback fn, gpointer user)
{
    look_up(resolver, name, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable, fn, user);
}

static GList *
look_up_finish(GResolver *resolver, GAsyncResult *result, GError **error)
{
    (void)resolver;
    return g_task_propagate_pointer(G_TASK(result), error);
}

static void
test_resolver_class_init(TestResolverClass *class)
{
    GResolverClass *resolver = G_RESOLVER_CLASS(class);

    resolver->lookup_by_name_async = look_up_any;
    resolver->lookup_by_name_finish = look_up_finish;
    resolver->lookup_by_name_with_flags_async = look_up;
    resolver->lookup_by_name_with_flags_finish = look_up_finish;
}

static void
test_resolver_init(TestResolver *self)
{
    self->rest = g_resolver_get_default();
    self->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

void
resolver_add(const char *name)
{
    g_autoptr(GResolver) now = g_resolver_get_default();

    if (!TEST_IS_RESOLVER(now)) {
        g_object_unref(now);
        now = g_object_new(TEST_TYPE_RESOLVER, NULL);
        g_resolver_set_default(now);
    }
    g_hash_table_add(TEST_RESOLVER(now)->names, g_strdup(name));
}
