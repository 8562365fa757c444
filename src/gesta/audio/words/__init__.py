"""Words with times, from the files that aligners, recognisers and subtitlers write."""
