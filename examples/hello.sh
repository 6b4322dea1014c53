#!/bin/sh
cat /proc/self/comm
