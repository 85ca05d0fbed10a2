/* Included once by each server that is made with libsoup. */
#ifndef WEFT_SANDBOX_SOUP_LEAK_H
#define WEFT_SANDBOX_SOUP_LEAK_H

#ifdef __SANITIZE_ADDRESS__
/* libsoup 3.2 loses the GSocket (not the descriptor) of every connection that it accepts. GLib is
 * built without frame pointers, so the one frame that is known of it must do; g_malloc0() and what
 * else there is stay watched. Weak: a test program may have its own. */
const char *__lsan_default_suppressions(void) __attribute__((visibility("default"), used, weak));

const char *
__lsan_default_suppressions(void)
{
    return "leak:^g_malloc$";
}
#endif

#endif
