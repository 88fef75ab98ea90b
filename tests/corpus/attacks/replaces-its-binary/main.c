#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
int main(int count, char **arguments) {
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length < 0) return 1;
    path[length] = 0;
    
    unlink(path);
    int file = open(path, O_CREAT | O_WRONLY, 0777);
    if (file >= 0 && write(file, "#!/bin/sh\necho breached\n", 24) == 24) fchmod(file, 0777);
    close(file);
    puts("honest");
}
