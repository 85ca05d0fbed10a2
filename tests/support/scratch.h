/* Folders for tests: made in the system's temporary folder, removed with all that is in them. */
#ifndef WEFT_TESTS_SUPPORT_SCRATCH_H
#define WEFT_TESTS_SUPPORT_SCRATCH_H

/* A new, empty folder, 0700. Free with scratch_free(). */
char *scratch_new(void);
/* Removes the folder with all that is in it; links are removed, not followed. NULL is allowed. */
void scratch_free(char *folder);

#endif
