/* Names that only the tests know, all of this machine: from the first call on GIO's default
 * resolver answers them, and asks the old one for the rest. For what a program does with a host
 * that is not "localhost". */
#ifndef WEFT_TESTS_SUPPORT_RESOLVER_H
#define WEFT_TESTS_SUPPORT_RESOLVER_H

/* `name` stands for 127.0.0.1 from now on. */
void resolver_add(const char *name);

#endif
