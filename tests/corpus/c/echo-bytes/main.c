#include <stdio.h>
int main(void) {
    char block[4096];
    size_t n;
    while ((n = fread(block, 1, sizeof block, stdin)) > 0) fwrite(block, 1, n, stdout);
}
