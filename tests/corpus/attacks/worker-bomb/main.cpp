#include <chrono>
#include <iostream>
#include <system_error>
#include <thread>
#include <vector>
int main() {
    std::vector<std::thread> all;
    try {
        for (int n = 0; n < 400; n++) all.emplace_back([] { std::this_thread::sleep_for(std::chrono::seconds(1)); });
        std::cout << "breached\n";
    } catch (const std::system_error&) { std::cout << "only " << all.size() << std::endl; std::_Exit(1); }
    for (auto& one : all) one.join();
}
