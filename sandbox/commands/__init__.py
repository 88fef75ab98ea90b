"""The sub-commands of ``lovelace sandbox`` that serve others."""
