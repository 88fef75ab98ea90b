#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>
int main(void) {
    if (setresuid(0, 0, 0)) perror("refused"); else puts("breached");
}
