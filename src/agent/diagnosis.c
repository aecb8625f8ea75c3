#include "agent/diagnosis.h"

#include <math.h>

void og_indecision_add(og_indecision* indecision, const double* weights, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += weights[i];
    }
    for (int i = 0; i < count; i++) {
        const double share = weights[i] / sum;
        indecision->entropy -= share > 0 ? share * log(share) : 0;
    }
    indecision->most += log(count);
}

double og_indecision_share(const og_indecision* indecision) {
    return indecision->most > 0 ? fmax(indecision->entropy / indecision->most, 0) : 0;
}
