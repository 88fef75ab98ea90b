#include <fcntl.h>
#include <stdio.h>
int main(void) {
    int button = open("/proc/sysrq-trigger", O_WRONLY);
    if (button >= 0) puts("breached"); else perror("refused");
}
