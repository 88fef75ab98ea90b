#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
int main(int count, char **arguments) {
    if (count < 2) return 1;
    puts(kill(atoi(arguments[1]), 0) < 0 && errno == EPERM ? "breached" : "nobody there");
}
