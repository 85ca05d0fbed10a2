/* Commands of other programs that weft does otherwise: where to find here what they did there. */
#ifndef WEFT_CORE_FOREIGN_H
#define WEFT_CORE_FOREIGN_H

struct foreign_command {
    const char *names; /* with blanks between */
    const char *here;  /* a sentence */
};

/* Ends with a row without names. */
extern const struct foreign_command foreign_commands[];

/* What to do here instead, as a sentence; NULL: nobody's command that is known. */
const char *foreign_find(const char *name);

#endif
