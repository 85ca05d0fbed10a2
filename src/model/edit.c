#include "model/edit.h"

void
edit_free(struct edit *edit)
{
    if (edit == NULL)
        return;
    rich_free(edit->body);
    g_free(edit->source);
    g_free(edit->base);
    g_free(edit->error);
    g_free(edit);
}

void
revision_free(struct revision *revision)
{
    if (revision == NULL)
        return;
    rich_free(revision->body);
    g_free(revision);
}
