/* `weft --demo`: a made-up place on this machine, served by weft-sandbox, in a profile that is
 * thrown away. Nothing of the person's is read or written.
 *
 * weft makes the folder and hands it to the helper, which writes its weft.conf, and takes it away
 * when its input ends: so even when weft is killed. */
#ifndef WEFT_DEMO_H
#define WEFT_DEMO_H

/* Runs the screen there; what stands in the way is said on stderr in a sentence. Returns the exit
 * status. Sets WEFT_HOME: to be called before there are threads, or after their end. */
int demo_run(void);

#endif
