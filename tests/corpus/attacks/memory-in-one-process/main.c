#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
    for (int n = 0; n < 600; n++) {
        char *volatile held = malloc(1 << 20);
        memset(held, 1, 1 << 20);
    }
    puts("breached");
}
