#include <stdio.h>
__attribute__((constructor)) static void loaded(void) { fputs("breached\n", stderr); }
