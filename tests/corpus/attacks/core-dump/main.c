#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <sys/resource.h>
#include <unistd.h>
int main(void) {
    int status;
    struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_CORE, &all);
    if (fork() == 0) abort();
    wait(&status);
    puts(WCOREDUMP(status) ? "breached" : "no dump");
}
