SELECT channel, "count" FROM wikipedia.channels ORDER BY "count" DESC LIMIT 5;

SELECT cityname, count(*) AS edits, sum(added) AS added
FROM wikipedia.edits
GROUP BY cityname
ORDER BY edits DESC, cityname NULLS LAST
LIMIT 10;

SELECT c.channel, c."count" AS all_edits, count(*) AS from_the_united_states
FROM wikipedia.channels c
JOIN wikipedia.edits e ON e.channel = c.channel
GROUP BY c.channel, c."count"
ORDER BY from_the_united_states DESC, c.channel
LIMIT 5;
