/// Policy-gradient teams: the policy over parameters is shared out among learners, each of which
/// improves its part from the same designs and losses. One learner that has all parameters is the
/// single-agent case. Each batch is joined by the best designs so far (self-imitation: Oh, Guo,
/// Singh and Lee, ICML 2018), so that a good design is not forgotten.
#pragma once

#include "agent/policy.h"
#include "agent/proposer.h"

/// Options behind those of the proposer, in this order; agents without a clip end before it.
enum {
    OG_TEAM_RATE = OG_PROPOSER_DEFAULT_FIRST + 1,
    OG_TEAM_ENTROPY,
    OG_TEAM_FLOOR,
    OG_TEAM_SMOOTHING,
    OG_TEAM_IMITATION,
    OG_TEAM_ADVANTAGE,
    OG_TEAM_EPOCHS,
    OG_TEAM_CLIP,
    OG_TEAM_MEMBERS,
};

typedef enum og_team_advantage { OG_TEAM_RANK, OG_TEAM_STANDARD } og_team_advantage;
typedef enum og_team_members { OG_TEAM_PARAMETER, OG_TEAM_GROUP } og_team_members;
extern const char* const og_team_advantage_names[2];
extern const char* const og_team_member_names[2];

/// Rows OG_PROPOSER_BATCH .. OG_TEAM_ADVANTAGE.
#define OG_TEAM_ROWS(batch_, rate_, entropy_)                                                  \
    OG_PROPOSER_ROWS(batch_),                                                                  \
        {OG_REAL_ROW("learning_rate", "", 1e-5, 10, rate_,                                     \
                     "How far a preference moves in one step of Adam."),                       \
         .scale = OG_LOGARITHMIC},                                                             \
        {OG_REAL_ROW("entropy", "", 0, 10, entropy_,                                           \
                     "Reward for a policy that stays undecided, per unit of entropy.")},       \
        {OG_REAL_ROW("floor", "", 0, 1, 0.002,                                                 \
                     "Least probability of a choice over that of the likeliest one.")},        \
        {OG_INTEGER_ROW("smoothing", "", 0, 64, 0,                                             \
                        "Times that what is learnt of a value is shared with its neighbours, " \
                        "for ordered parameters.")},                                           \
        {OG_INTEGER_ROW("imitation", "", 0, 4096, 4,                                           \
                        "Best designs so far that are learnt from again with each batch.")},   \
    {                                                                                          \
        OG_CHOICE_ROW("advantage", og_team_advantage_names, OG_TEAM_RANK,                      \
                      "What a design is worth: its rank in the batch, or its loss less the "   \
                      "batch's mean over the deviation.")                                      \
    }

/// Rows OG_TEAM_EPOCHS and OG_TEAM_CLIP.
#define OG_TEAM_CLIP_ROWS(epochs_, clip_)                                                     \
    {OG_INTEGER_ROW("epochs", "", 1, 100, epochs_, "Steps taken with each batch.")}, {        \
        OG_REAL_ROW("clip", "", 0.001, 10, clip_,                                             \
                    "How far the probability of a choice may move from what it was when the " \
                    "batch was proposed, as a part of it.")                                   \
    }

/// Row OG_TEAM_MEMBERS.
#define OG_TEAM_MEMBERS_ROW                                                             \
    {                                                                                   \
        OG_CHOICE_ROW("team", og_team_member_names, OG_TEAM_PARAMETER,                  \
                      "A learner for each parameter, or for each group of parameters.") \
    }

typedef struct og_team og_team;

/// Improve the policy with a full batch. The shared advantages are filled in.
typedef void og_team_update(og_agent* agent, og_team* team);

/// Probabilities (shape: [space->count]) of a design's actions under the present policy.
typedef void og_team_likelihood(og_agent* agent, const og_action* actions, double* probabilities);

/// A team with its current batch.
struct og_team {
    og_proposer proposer;
    og_policy policy;
    const int* member_of;  ///< learner that has a parameter, shape: [space->count]
    int members;
    int batch;           ///< designs that complete a batch
    int patience;        ///< designs up to which all batches are learnt from; beyond, a share
                         ///< that falls with the root of their number. 0: all, always
    int64_t batches;     ///< complete ones so far
    int capacity;        ///< most designs to learn from at once
    int count;           ///< designs to learn from
    og_action* actions;  ///< shape: [capacity][space->count]
    double* odds;        ///< 1 over their probabilities when proposed, same shape
    og_told* told;       ///< without x and objectives, shape: [capacity]
    double* asked;       ///< probabilities of the actions of the last ask, shape:
                         ///< [room][space->count]
    int room;
    double* shared;      ///< advantage of each design, shape: [capacity]
    double* advantages;  ///< of each design and learner, shape: [capacity][members]
    double* ratios;      ///< scratch: probability of a learner's choices over what it was when
                         ///< they were proposed, shape: [capacity][members]
    double* scales;      ///< scratch: og_policy_scale() of actions, shape: [capacity][space->count]
    int* order;          ///< from the best to the worst, shape: [capacity]
    int best_count;      ///< best designs so far that are kept
    og_action* best;     ///< their actions, shape: [imitation][space->count]
    og_told* best_told;  ///< the best first, shape: [imitation]
    og_team_update* update;
    og_team_likelihood* likelihood;  ///< that of `policy` unless the agent sets another
};

/// Prepare a team in agent->state, whose first member it must be. `single`: one learner has all
/// parameters; otherwise the option says.
void og_team_start(og_agent* agent, bool single, og_team_update* update);

/// og_agent_type.ask and .tell of an agent with a team.
int og_team_ask(og_agent* agent, int count, double* x);
void og_team_tell(og_agent* agent, int count, const og_told* told);

/// og_agent_type.diagnose: the entropy of each learner's policy, as if all choices were allowed.
int og_team_diagnose(og_agent* agent, og_diagnostic* list);

/// Give every learner the shared advantages.
void og_team_share(og_team* team);

/// One step up the clipped objective of Schulman et al. (2017) with team->advantages: of learner
/// `member` alone, or of all (-1). `clip` INFINITY and unchanged policy: the gradient of Williams
/// (1992).
void og_team_climb(og_agent* agent, og_team* team, int member, double clip);

/// Factor of the gradient of the logarithm of a probability that has moved by `ratio`: 0 where the
/// clip holds it back.
double og_team_pull(double advantage, double ratio, double clip);

/// Put the probability of the choices of `member`, or of each (-1), over what it was when they were
/// proposed into team->ratios.
void og_team_compare(og_team* team, int member);
