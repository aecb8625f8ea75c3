#!/bin/sh
# Proposes the corners of a square, one after the other, and then nothing more;
# docs/your-own-agent.md has the protocol.
set -- '"x1":-2,"x2":-2' '"x1":-2,"x2":2' '"x1":2,"x2":-2' '"x1":2,"x2":2'
while read -r line; do
    case $line in
    *'"type":"hello"'*) echo '{"type":"hello","protocol":1}' ;;
    *'"type":"ask"'*)
        if [ $# -gt 0 ]; then
            echo "{\"type\":\"propose\",\"designs\":[{$1}]}"
            shift
        else
            echo '{"type":"propose","designs":[]}'
        fi
        ;;
    *'"type":"bye"'*) break ;;
    esac # tell and error need no answer
done
