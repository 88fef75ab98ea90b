#include <stdio.h>
int main(void) {
    FILE *header = fopen("/tmp/config.h", "w");
    return fputs("#define SAYS \"breached\"\n", header) < 0 || fclose(header);
}
