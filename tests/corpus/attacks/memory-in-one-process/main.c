#define _DEFAULT_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
    for (int n = 0; n < 600; n++) {
        explicit_bzero(malloc(1 << 20), 1 << 20);  // unlike memset, never left out by the compiler
    }
    puts("breached");
}
