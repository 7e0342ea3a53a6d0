CREATE DATABASE IF NOT EXISTS wikipedia;

CREATE EXTERNAL TABLE IF NOT EXISTS wikipedia.edits (
  added bigint,
  channel string,
  cityName string,
  comment string,
  countryIsoCode string,
  countryName string,
  deleted bigint,
  delta bigint,
  isAnonymous boolean,
  isMinor boolean,
  isNew boolean,
  isRobot boolean,
  isUnpatrolled boolean,
  metroCode bigint,
  namespace string,
  page string,
  regionIsoCode string,
  regionName string,
  `time` string,
  `user` string)
STORED AS PARQUET
LOCATION 's3://BUCKET/output/filtered/';

CREATE EXTERNAL TABLE IF NOT EXISTS wikipedia.channels (channel string, `count` bigint)
STORED AS PARQUET
LOCATION 's3://BUCKET/output/channels/';
