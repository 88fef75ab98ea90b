#include <stdio.h>
#if __has_include("/tmp/config.h")
#include "/tmp/config.h"
#else
#define SAYS "nothing"
#endif
int main(void) { puts(SAYS); }
