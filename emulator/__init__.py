"""OmniGen on one machine: storage, sign-in and Replicate, started together by `python -m emulator`."""
