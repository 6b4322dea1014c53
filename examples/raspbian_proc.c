/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints and sleeps, 500 times: the program whose birth, rhythm and kill -9 the study notes trace. */
#include <stdio.h>
#include <unistd.h>

#define PROC_TIMES 500
#define SLEEP_DURATION 3

int main() {
        int proc_times = 0;

        for (proc_times = 0; proc_times < PROC_TIMES; proc_times++) {
                printf("raspbian tracing \n");
                sleep(SLEEP_DURATION);
        }

        return 0;
}
