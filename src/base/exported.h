/* What weft-web.so, which is loaded at run time, finds in the program that loads it. Everything
 * else is hidden (-fvisibility=hidden). */
#ifndef WEFT_BASE_EXPORTED_H
#define WEFT_BASE_EXPORTED_H

#define EXPORTED __attribute__((visibility("default")))

#endif
