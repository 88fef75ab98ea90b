#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
int main(void) {
    char longest[300] = "/tmp/";
    memset(longest + 5, '\xfe', 255);
    return mkdir("/tmp/\xff\xfe\n -rf", 0700) || creat(longest, 0600) < 0 || creat("/tmp/\xff\xfe\n -rf/\x01\x7f*", 0) < 0;
}
