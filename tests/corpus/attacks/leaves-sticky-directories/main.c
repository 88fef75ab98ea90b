#include <fcntl.h>
#include <sys/stat.h>
int main(void) {
    if (mkdir("/tmp/a", 0777) || mkdir("/tmp/a/b", 0777)) return 1;
    creat("/tmp/a/b/c", 0666);
    return chmod("/tmp/a/b", 01777) || chmod("/tmp/a", 01777);
}
