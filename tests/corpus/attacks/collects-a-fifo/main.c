#include <sys/stat.h>
int main(void) { return mkfifo("result.txt", 0666); }
