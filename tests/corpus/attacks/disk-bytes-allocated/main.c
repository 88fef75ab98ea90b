#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
int main(void) {
    int file = open("bomb", O_CREAT | O_RDWR, 0600);
    if (posix_fallocate(file, 0, 60 << 20)) return 1;
    if (posix_fallocate(file, 0, 100 << 20)) { char c[4096]; FILE *f = fopen("rest", "w"); while (f && fwrite(c, 1, 4096, f) == 4096); return 1; }
    puts("breached");
}
