#include <fcntl.h>
#include <stdio.h>
int main(void) {
    int setting = open("/proc/sys/vm/drop_caches", O_WRONLY);
    if (setting >= 0) puts("breached"); else perror("refused");
}
