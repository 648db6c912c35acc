# what cmake --install installs
