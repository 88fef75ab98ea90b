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
#include <sys/ptrace.h>

int main(void) {
    pid_t child = fork();
    if (child == 0) { sleep(2); _exit(0); }
    if (ptrace(PTRACE_ATTACH, child, 0, 0) == 0)
        puts("breached");
    else
        perror("refused");
}
