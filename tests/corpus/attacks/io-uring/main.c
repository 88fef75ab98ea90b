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
#include <linux/io_uring.h>

int main(void) {
    struct io_uring_params setup = {0};
    if (syscall(SYS_io_uring_setup, 4, &setup) >= 0)
        puts("breached");
    else
        perror("refused");
}
