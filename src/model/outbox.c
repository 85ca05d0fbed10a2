#include "model/outbox.h"

void
outbox_row_free(struct outbox_row *row)
{
    if (row == NULL)
        return;
    g_free(row->as_name);
    g_free(row->as_avatar);
    g_free(row->mark);
    g_free(row->key);
    rich_free(row->body);
    g_free(row->source);
    g_free(row->reply_to);
    g_free(row->thread);
    if (row->files != NULL)
        g_ptr_array_unref(row->files);
    g_free(row->error);
    g_free(row);
}
