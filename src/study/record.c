#include "study/record.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "ogive/text.h"

enum { RECORD_BLOCK = 1024, RECORD_INDEX = 1024 };

// Trials that are allocated together.
struct og_record_block {
    og_trial trials[RECORD_BLOCK];
    double* x;  // shape: [RECORD_BLOCK][table.count]
    double* y;  // shape: [RECORD_BLOCK][metric_count]
};

static void record_index_grow(og_record* record, int64_t capacity) {
    const uint64_t* hashes = record->hashes;
    const int64_t* numbers = record->numbers;
    const int64_t old = record->index_capacity;
    record->hashes = og_arena_allocate_raw(record->work, (size_t)capacity * sizeof(uint64_t));
    record->numbers = og_arena_allocate_raw(record->work, (size_t)capacity * sizeof(int64_t));
    record->index_capacity = capacity;
    memset(record->numbers, 0xff, (size_t)capacity * sizeof(int64_t));
    const uint64_t mask = (uint64_t)capacity - 1;
    for (int64_t i = 0; i < old; i++) {
        if (numbers[i] < 0) {
            continue;
        }
        uint64_t slot = hashes[i] & mask;
        while (record->numbers[slot] >= 0) {
            slot = (slot + 1) & mask;
        }
        record->hashes[slot] = hashes[i];
        record->numbers[slot] = numbers[i];
    }
}

og_record* og_record_create(og_arena* arena, og_arena* work, const og_problem* problem) {
    og_record* record = OG_NEW(work, og_record, 1);
    *record = (og_record){.arena = arena, .work = work, .problem = problem, .best = -1};
    for (int i = 0; i < 2; i++) {
        record->canonical[i] = OG_NEW(work, double, problem->table.count);
    }
    record_index_grow(record, RECORD_INDEX);
    return record;
}

og_trial* og_record_at(const og_record* record, int64_t number) {
    return &record->blocks[number / RECORD_BLOCK]->trials[number % RECORD_BLOCK];
}

double* og_record_metrics(const og_record* record, int64_t number) {
    return record->blocks[number / RECORD_BLOCK]->y +
           (number % RECORD_BLOCK) * record->problem->metric_count;
}

static og_record_block* record_block(og_record* record, int64_t index) {
    if (index >= record->block_capacity) {
        const int64_t capacity = record->block_capacity ? 2 * record->block_capacity : 16;
        og_record_block** larger = OG_NEW(record->work, og_record_block*, capacity);
        if (record->block_capacity > 0) {
            memcpy(larger, record->blocks, (size_t)record->block_capacity * sizeof *larger);
        }
        record->blocks = larger;
        record->block_capacity = capacity;
    }
    if (!record->blocks[index]) {
        const og_problem* problem = record->problem;
        og_record_block* block = og_arena_allocate_raw(record->arena, sizeof *block);
        const size_t row = RECORD_BLOCK * sizeof(double);
        block->x = og_arena_allocate_raw(record->arena, row * (size_t)problem->table.count);
        block->y = og_arena_allocate_raw(record->arena, row * (size_t)problem->metric_count);
        record->blocks[index] = block;
    }
    return record->blocks[index];
}

og_trial* og_record_reserve(og_record* record, int64_t number, const double* x) {
    assert(number >= record->count);
    const size_t width = (size_t)record->problem->table.count;
    const int64_t index = number % RECORD_BLOCK;
    og_record_block* block = record_block(record, number / RECORD_BLOCK);
    double* design = block->x + (size_t)index * width;
    memcpy(design, x, width * sizeof *x);
    double* y = og_record_metrics(record, number);
    for (int i = 0; i < record->problem->metric_count; i++) {
        y[i] = NAN;
    }
    block->trials[index] = (og_trial){
        .number = number, .x = design, .y = y, .reason = "", .loss = INFINITY, .repeat_of = -1};
    return &block->trials[index];
}

const char* og_record_reason(og_record* record, const char* reason) {
    enum { COUNT = sizeof record->reasons / sizeof *record->reasons };
    if (reason[0] == '\0') {
        return "";
    }
    for (int i = 0; i < COUNT && record->reasons[i]; i++) {
        if (strcmp(record->reasons[i], reason) == 0) {
            return record->reasons[i];
        }
    }
    memmove(record->reasons + 1, record->reasons, (COUNT - 1) * sizeof *record->reasons);
    record->reasons[0] = og_text_copy(record->arena, reason, strlen(reason));
    return record->reasons[0];
}

// The form of a design under which the record knows it.
static const double* record_canonical(const og_record* record, const double* x, double* buffer) {
    const og_model* model = record->problem->model;
    if (!model->type->canonical) {
        return x;
    }
    memcpy(buffer, x, (size_t)model->space.count * sizeof *x);
    model->type->canonical(model->data, buffer);
    return buffer;
}

int64_t og_record_twin(og_record* record, int64_t number) {
    const og_problem* problem = record->problem;
    const size_t bytes = (size_t)problem->table.count * sizeof(double);
    const double* x =
        record_canonical(record, og_record_at(record, number)->x, record->canonical[0]);
    const uint64_t hash = og_space_hash(problem->full, x);
    const uint64_t mask = (uint64_t)record->index_capacity - 1;
    uint64_t slot = hash & mask;
    for (; record->numbers[slot] >= 0; slot = (slot + 1) & mask) {
        if (record->hashes[slot] != hash) {
            continue;
        }
        const og_trial* other = og_record_at(record, record->numbers[slot]);
        if (memcmp(x, record_canonical(record, other->x, record->canonical[1]), bytes) == 0) {
            return other->number == number ? -1 : other->number;
        }
    }
    record->hashes[slot] = hash;
    record->numbers[slot] = number;
    if (++record->index_used > record->index_capacity / 2) {
        record_index_grow(record, 2 * record->index_capacity);
    }
    return -1;
}

void og_record_complete(og_record* record) {
    const og_trial* trial = og_record_at(record, record->count++);
    record->evaluated += trial->repeat_of < 0 && trial->source != OG_IMPORTED;
    if (trial->outcome == OG_FEASIBLE && trial->violation == 0 &&
        (record->best < 0 || trial->loss < og_record_at(record, record->best)->loss)) {
        record->best = trial->number;
    }
}

og_trial* og_record_list(const og_record* record) {
    og_trial* list = og_arena_allocate_raw(record->arena, (size_t)record->count * sizeof *list);
    for (int64_t i = 0; i < record->count; i += RECORD_BLOCK) {
        const int64_t left = record->count - i;
        const size_t part = (size_t)(left < RECORD_BLOCK ? left : RECORD_BLOCK);
        memcpy(list + i, record->blocks[i / RECORD_BLOCK]->trials, part * sizeof *list);
    }
    return list;
}
