#include "net/web_module.h"

#include "config.h"

#include "net/http.h"
#include "net/ws.h"

const struct web_module weft_web_module = {
    .version = PACKAGE_VERSION,
    .http_new = http_new,
    .http_free = http_free,
    .http_start = http_start,
    .http_cancel = http_cancel,
    .ws_ground_new = ws_ground_new,
    .ws_ground_free = ws_ground_free,
    .ws_open = ws_open,
    .ws_send = ws_send,
    .ws_pause = ws_pause,
    .ws_close = ws_close,
};
