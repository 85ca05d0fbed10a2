#include "tests/fuzz/life_web.h"

bool
life_web_answer(struct fake_web *web, char letter, const char *body)
{
    static const struct {
        char letter;
        int status;
    } rows[] = {{'=', 200}, {'4', 404}, {'u', 401}, {'5', 500}, {'0', 0}};

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].letter != letter)
            continue;
        if (fake_web_waiting(web) > 0)
            fake_web_answer(web, "*", rows[i].status, body);
        return true;
    }
    return false;
}

void
life_web_settle(struct life *life)
{
    for (int i = 0; i < 20; i++)
        fake_advance_s(life->fake, 0);
}
