#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
    char name[64];
    for (int n = 0; n < 5000; n++) {
        sprintf(name, "/tmp/d%d", n);
        if (mkdir(name, 0700)) return 1;
        sprintf(name, "/tmp/l%d", n);
        if (symlink("/nowhere", name)) return 1;
    }
    puts("breached");
}
