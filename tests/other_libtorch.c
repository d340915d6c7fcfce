/* Preloaded before libtorch, it answers for it, as the release 2.11.0 would. */
unsigned long long aoti_torch_abi_version(void) { return 2ULL << 56 | 11ULL << 48; }
