#include "ui/rescue.h"

#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* How long a terminal that takes no bytes can hold up the end of the program. */
#define WRITE_WAIT_MS 300

/* The exception to "no file-scope state": a handler is given nothing but a number. */
static struct rescue *volatile armed;

/* SIGTRAP is how GLib ends a program that has no memory left. */
static const int fatal[] = {SIGSEGV, SIGBUS,  SIGFPE, SIGILL, SIGABRT,
                            SIGTRAP, SIGTERM, SIGHUP, SIGINT, SIGQUIT};
#define FIRST_ENDING 6 /* from here on: asked to end, not crashed */
static struct sigaction found[G_N_ELEMENTS(fatal)], found_tstp, found_cont;
static bool taken[G_N_ELEMENTS(fatal)];

/* A stack that has run over can't carry its own handler. */
static char spare_stack[32 * 1024];

static void
write_all(int fd, const char *bytes, size_t len)
{
    int waited = 0;
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        } else if (n < 0 && errno == EAGAIN && waited < WRITE_WAIT_MS) {
            struct pollfd ready = {fd, POLLOUT, 0};
            if (poll(&ready, 1, 50) == 0)
                waited += 50;
        } else if (!(n < 0 && errno == EINTR)) {
            return;
        }
    }
}

/* Modes may be set from the background as well, where the kernel would stop us for it. */
static bool
set_modes(int fd, const struct termios *modes)
{
    sigset_t ttou, before;
    sigemptyset(&ttou);
    sigaddset(&ttou, SIGTTOU);
    pthread_sigmask(SIG_BLOCK, &ttou, &before);
    int result = tcsetattr(fd, TCSANOW, modes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result == 0;
}

bool
rescue_leave(struct rescue *rescue)
{
    if (!rescue->is_taken)
        return true;
    rescue->is_taken = 0;
    write_all(rescue->fd, rescue->leave, rescue->leave_len);
    /* An answer that is still under way must not be typed into the shell. */
    tcflush(rescue->fd, TCIFLUSH);
    return set_modes(rescue->fd, &rescue->found);
}

bool
rescue_enter(struct rescue *rescue)
{
    if (rescue->is_taken)
        return true;
    if (!set_modes(rescue->fd, &rescue->taken))
        return false;
    rescue->is_taken = 1;
    write_all(rescue->fd, rescue->enter, rescue->enter_len);
    return true;
}

void
rescue_lend(struct rescue *rescue)
{
    rescue->is_lent = 1;
    rescue_leave(rescue);
}

bool
rescue_take_back(struct rescue *rescue)
{
    rescue->is_lent = 0;
    /* Whatever modes it was left in, what it was found in is what it is given back in. */
    rescue->was_stopped = 1;
    return rescue_enter(rescue);
}

/* Gives the signal back to what handled it before. A fault of the processor's comes again by itself
 * when the instruction is tried again, with its address; a signal that was sent is sent again. */
static void
on_fatal(int number, siginfo_t *info, void *context)
{
    int saved = errno;
    struct rescue *rescue = armed;
    /* Typed for the program that has the terminal. */
    if (rescue != NULL && rescue->is_lent && (number == SIGINT || number == SIGQUIT))
        return;
    if (rescue != NULL)
        rescue_leave(rescue);
    for (unsigned i = 0; i < G_N_ELEMENTS(fatal); i++)
        if (fatal[i] == number)
            sigaction(number, &found[i], NULL);
    bool fault = info->si_code > 0 &&
                 (number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL);
    if (!fault)
        raise(number);
    errno = saved;
}

/* Stopping and continuing is the business of one thread: another one would go on drawing, or take
 * the terminal a second time. */
static bool
is_elsewhere(const struct rescue *rescue, int number)
{
    if (rescue == NULL || pthread_equal(pthread_self(), rescue->owner))
        return false;
    pthread_kill(rescue->owner, number);
    return true;
}

/* After a stop that could not be caught the terminal is still ours, and yet somebody else's modes
 * may be set. */
static bool
retake(struct rescue *rescue)
{
    if (!rescue->is_taken)
        return rescue_enter(rescue);
    if (!set_modes(rescue->fd, &rescue->taken))
        return false;
    write_all(rescue->fd, rescue->again, rescue->again_len);
    return true;
}

static void
take_again(struct rescue *rescue)
{
    /* In the background the terminal is the shell's; the next SIGCONT comes with the foreground. */
    if (!rescue->is_lent && tcgetpgrp(rescue->fd) == getpgrp() && retake(rescue)) {
        rescue->was_stopped = 1;
        kill(getpid(), SIGWINCH);
    }
}

static void
on_continue(int number)
{
    int saved = errno;
    struct rescue *rescue = armed;
    if (rescue != NULL && !is_elsewhere(rescue, number))
        take_again(rescue);
    errno = saved;
}

/* The shell says no more than that it is stopped. */
static const char stopped_text[] =
    "weft stands still: it answers no server meanwhile, and is cut off after some minutes. "
    "fg goes on.\r\n";

static void
on_stop(int number)
{
    int saved = errno;
    struct rescue *rescue = armed;
    struct sigaction ours, plain = {.sa_handler = SIG_DFL};
    sigset_t tstp, before;
    if (is_elsewhere(rescue, number)) {
        errno = saved;
        return;
    }
    if (rescue != NULL && rescue->is_taken && rescue_leave(rescue))
        write_all(rescue->fd, stopped_text, sizeof stopped_text - 1);
    sigaction(SIGTSTP, &plain, &ours);
    raise(SIGTSTP);
    sigemptyset(&tstp);
    sigaddset(&tstp, SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &tstp, &before);
    /* Here the process stands still, and goes on when it is continued. Where nobody could continue
     * it (no shell above us) the kernel does not stop it. */
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    sigaction(SIGTSTP, &ours, NULL);
    if (rescue != NULL && !rescue->is_taken)
        take_again(rescue);
    errno = saved;
}

void
rescue_arm(struct rescue *rescue)
{
    struct sigaction action = {.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    stack_t stack, spare = {.ss_sp = spare_stack, .ss_size = sizeof spare_stack};
    if (sigaltstack(NULL, &stack) == 0 && (stack.ss_flags & SS_DISABLE) != 0)
        sigaltstack(&spare, NULL);
    rescue->owner = pthread_self();
    armed = rescue;
    sigfillset(&action.sa_mask);
    for (unsigned i = 0; i < G_N_ELEMENTS(fatal); i++) {
        sigaction(fatal[i], NULL, &found[i]);
        taken[i] = i < FIRST_ENDING ||
                   (found[i].sa_handler == SIG_DFL && (found[i].sa_flags & SA_SIGINFO) == 0);
        if (taken[i])
            sigaction(fatal[i], &action, NULL);
    }
    struct sigaction stop = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
    struct sigaction go = {.sa_handler = on_continue, .sa_flags = SA_RESTART};
    /* Neither in the middle of the other. A SIGCONT that is blocked continues all the same. */
    sigaddset(&stop.sa_mask, SIGCONT);
    sigaddset(&go.sa_mask, SIGTSTP);
    sigaction(SIGTSTP, &stop, &found_tstp);
    sigaction(SIGCONT, &go, &found_cont);
}

void
rescue_disarm(void)
{
    struct sigaction now;
    for (unsigned i = 0; i < G_N_ELEMENTS(fatal); i++) {
        sigaction(fatal[i], NULL, &now);
        if (taken[i] && (now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == on_fatal)
            sigaction(fatal[i], &found[i], NULL);
        taken[i] = false;
    }
    sigaction(SIGTSTP, &found_tstp, NULL);
    sigaction(SIGCONT, &found_cont, NULL);
    stack_t stack, none = {.ss_flags = SS_DISABLE};
    if (sigaltstack(NULL, &stack) == 0 && stack.ss_sp == spare_stack)
        sigaltstack(&none, NULL);
    armed = NULL;
}
