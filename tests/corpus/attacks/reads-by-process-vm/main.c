#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sys/uio.h>

int main(void) {
    static char data[8];
    struct iovec here = {data, 8}, there = {data, 8};
    pid_t child = fork();
    if (child == 0) { sleep(2); _exit(0); }
    if (process_vm_readv(child, &here, 1, &there, 1, 0) > 0)
        puts("breached");
    else
        perror("refused");
}
