#!/bin/bash
# Workers of `ogive` as a Slurm job array: sbatch examples/slurm/workers.sh
#SBATCH --job-name=ogive-worker
#SBATCH --array=1-16
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=8
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@60
#SBATCH --output=ogive-worker-%A-%a.log
set -euo pipefail

# where the studies are; the password is in ~/.pgpass (chmod 600), not here and not on any command line
: "${OGIVE_STORE:?export OGIVE_STORE=postgresql://USER@HOST/DATABASE first}"
export OGIVE_STORE

# without a design for 10 minutes, the search is over; the signal above gives back what is in flight
exec "${OGIVE:-ogive}" worker --jobs "${SLURM_CPUS_PER_TASK:-1}" --idle "${OGIVE_IDLE:-600}"
