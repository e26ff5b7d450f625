#!/usr/bin/env bash
# Starts 3 silos, 2 edges and PostgreSQL on this machine, breaks them in every way that they must survive while 200
# visitors and 20 agents write, prints a table, and takes everything down. Fails when a promise did not hold.
# Arguments go to the fault run, e.g.: faults.sh --only kill-silo,restart-silos --visitors 50
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

# Cutting a silo off takes network namespaces; without them that one fault is said not to have run.
if [[ $EUID == 0 ]] && ip netns add ls-try 2> /dev/null; then
  ip netns del ls-try
  export CLUSTER_NETNS=1
fi

dotnet build "$root/tests/LiveSupport.Load" -c Release -p:GrainEngine=Orleans -p:SkipWeb=true -v quiet --nologo
trap '"$here/cluster" down' EXIT
CLUSTER_BUILD=-p:SkipWeb=true "$here/cluster" up 3 2
dotnet "$root/artifacts/orleans/bin/LiveSupport.Load/release/LiveSupport.Load.dll" faults --cluster "$here/cluster" "$@"
