"""What is written for speed, apart from what is written to be read; each is the equal of something plain."""
