#include <filesystem>
#include <fstream>
#include <iostream>
int main() {
    auto self = std::filesystem::read_symlink("/proc/self/exe");
    std::error_code refused;
    std::filesystem::rename(self, self.string() + ".old", refused);
    if (!refused) {
        std::ofstream(self) << "#!/bin/sh\necho breached\n";
        std::filesystem::permissions(self, std::filesystem::perms::all, refused);
    }
    std::cout << "honest\n";
}
