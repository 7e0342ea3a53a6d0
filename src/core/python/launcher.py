"""Runs a PySpark script, written for a cluster, over Spark Connect: python3 launcher.py script.py [argument ...]

The script sees what it would see from `python3 script.py`: __main__, sys.argv, sys.path[0], tracebacks, exit codes.
SPARK_REMOTE names the server. What classic PySpark offers and its Connect client does not is filled in where the server
can keep the promise (SparkContext as a facade, builder.master, enableHiveSupport ...); the rest raises
NotImplementedError with the attribute's name and the script's line.
"""

import importlib.abc
import importlib.machinery
import json
import os
import sys
import threading
import types
import warnings

# spark-submit's --conf, --name and the like; not for the script's own eyes.
SETTINGS = json.loads(os.environ.pop("OWLET_SPARK_SETTINGS", "{}"))
# Decided before the session exists: they choose the server, and here SPARK_REMOTE has chosen.
CHOSEN = ("spark.master", "spark.remote", "spark.submit.deployMode")


def place_in_script():
    """Where the script stands now, for messages: "main.py, line 12"."""
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename == script:
            return f"{os.path.basename(script)}, line {frame.f_lineno}"
        frame = frame.f_back
    return "outside of the script"


def not_there(name):
    return NotImplementedError(
        f"{name} is not implemented: it needs classic Spark, and this session runs over Spark Connect "
        f"({place_in_script()}). Use the DataFrame API instead.")


def session():
    """The script's session, made when there is none."""
    from pyspark.sql import SparkSession
    return SparkSession.builder.getOrCreate()


class HadoopConfiguration:
    """Accepts the settings of Hadoop's file systems, which nothing here reads."""

    def __init__(self):
        self._settings = {}

    def set(self, name, value):
        self._settings[name] = str(value)

    setInt = setLong = setFloat = setDouble = setBoolean = setStrings = set

    def unset(self, name):
        self._settings.pop(name, None)

    def get(self, name, default=None):
        return self._settings.get(name, default)


class JavaContext:
    """sc._jsc, as far as scripts use it to reach the Hadoop configuration."""

    def __init__(self, configuration):
        self._configuration = configuration

    def hadoopConfiguration(self):
        return self._configuration

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise not_there(f"SparkContext._jsc.{name}")


class SparkContext:
    """What a script may ask of its SparkContext without a cluster behind it."""

    _shared = None
    # What the builder of a whole PySpark 3.5 looks at before it makes a session over Spark Connect.
    _lock = threading.RLock()
    _active_spark_context = None
    PACKAGE_EXTENSIONS = (".zip", ".egg", ".jar")

    def __new__(cls, *args, **kwargs):
        if cls._shared is None:
            made = object.__new__(cls)
            made._hadoop = HadoopConfiguration()
            cls._shared = made
        return cls._shared

    def __init__(self, master=None, appName=None, sparkHome=None, pyFiles=None, environment=None, batchSize=0,
                 serializer=None, conf=None, **others):
        for name, value in (conf.getAll() if conf is not None else ()):
            SETTINGS[name] = value
        if master is not None:
            SETTINGS["spark.master"] = master
        if appName is not None:
            SETTINGS["spark.app.name"] = appName
        for path in pyFiles or ():
            self.addPyFile(path)

    @classmethod
    def getOrCreate(cls, conf=None):
        return cls(conf=conf)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stop()

    def _setting(self, name, default=None):
        from pyspark.sql import SparkSession
        active = SparkSession.getActiveSession()
        value = None
        if active is not None:
            try:
                value = active.conf.get(name, None)
            except Exception:  # a name that the server does not know
                value = None
        return SETTINGS.get(name, default) if value is None else value

    @property
    def version(self):
        return session().version

    @property
    def appName(self):
        return self._setting("spark.app.name", os.path.basename(sys.argv[0]))

    @property
    def applicationId(self):
        return self._setting("spark.app.id", os.environ.get("OWLET_APPLICATION_ID", "local-0"))

    @property
    def master(self):
        return SETTINGS.get("spark.master", "yarn")

    @property
    def defaultParallelism(self):
        return int(self._setting("spark.default.parallelism", os.cpu_count() or 1))

    @property
    def defaultMinPartitions(self):
        return min(self.defaultParallelism, 2)

    @property
    def pythonVer(self):
        return "%d.%d" % sys.version_info[:2]

    @property
    def pythonExec(self):
        return sys.executable

    @property
    def uiWebUrl(self):
        return None

    @property
    def environment(self):
        return {}

    @property
    def _jsc(self):
        return JavaContext(self._hadoop)

    def hadoopConfiguration(self):
        return self._hadoop

    def sparkUser(self):
        return os.environ.get("USER", "hadoop")

    def getConf(self):
        from pyspark import SparkConf
        conf = SparkConf()
        conf.setAll([(name, str(value)) for name, value in SETTINGS.items()])
        conf.set("spark.app.name", str(self.appName))
        conf.set("spark.app.id", str(self.applicationId))
        conf.set("spark.master", self.master)
        return conf

    def setLogLevel(self, logLevel):
        known = ("ALL", "DEBUG", "ERROR", "FATAL", "INFO", "OFF", "TRACE", "WARN")
        if str(logLevel).upper() not in known:
            raise ValueError(f"Supplied level {logLevel} did not match one of: {','.join(known)}")

    def setJobGroup(self, groupId, description, interruptOnCancel=False):
        """A label for a user interface that is not there."""

    def setJobDescription(self, value):
        """A label for a user interface that is not there."""

    def setLocalProperty(self, key, value):
        """Only pools and labels are set in this way."""

    def addPyFile(self, path):
        local = fetch(path)
        target = local if local.endswith(self.PACKAGE_EXTENSIONS) else os.path.dirname(os.path.abspath(local))
        if target not in sys.path:
            sys.path.insert(1, target)

    def stop(self):
        from pyspark.sql import SparkSession
        active = SparkSession.getActiveSession()
        if active is not None:
            active.stop()
        SparkContext._shared = None

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise not_there(f"SparkContext.{name}")


def fetch(path):
    """A local file for a path, which may be in S3."""
    for scheme in ("s3://", "s3a://", "s3n://"):
        if path.startswith(scheme):
            import boto3
            bucket, _, key = path[len(scheme):].partition("/")
            local = os.path.join(os.getcwd(), os.path.basename(key))
            boto3.client("s3").download_file(bucket, key, local)
            return local
    return path[len("file://"):] if path.startswith("file://") else path


class ContextOfSession:
    """SQLContext and HiveContext, the entries of older scripts: the session by another name."""

    def __init__(self, sparkContext=None, sparkSession=None, jsqlContext=None):
        self.sparkSession = sparkSession or session()

    @classmethod
    def getOrCreate(cls, sc=None):
        return cls(sc)

    def getConf(self, key, *default):
        return self.sparkSession.conf.get(key, *default)

    def setConf(self, key, value):
        self.sparkSession.conf.set(key, value)

    def tables(self, dbName=None):
        return self.sparkSession.sql(f"SHOW TABLES IN `{dbName}`" if dbName else "SHOW TABLES")

    def tableNames(self, dbName=None):
        return [table.name for table in self.sparkSession.catalog.listTables(dbName)]

    def registerDataFrameAsTable(self, df, tableName):
        df.createOrReplaceTempView(tableName)

    def dropTempTable(self, tableName):
        self.sparkSession.catalog.dropTempView(tableName)

    def __getattr__(self, name):
        return getattr(self.sparkSession, name)


def mend_pyspark(pyspark):
    pyspark.SparkContext = SparkContext
    for name in ("pyspark.context", "pyspark.core.context"):
        module = types.ModuleType(name)
        module.SparkContext = SparkContext
        sys.modules[name] = module
    pyspark.context = sys.modules["pyspark.context"]


def mend_sql(sql):
    sql.SQLContext = sql.HiveContext = ContextOfSession
    sys.modules["pyspark"].SQLContext = sys.modules["pyspark"].HiveContext = ContextOfSession
    if "pyspark.sql.context" in sys.modules:
        sys.modules["pyspark.sql.context"].SQLContext = ContextOfSession
        sys.modules["pyspark.sql.context"].HiveContext = ContextOfSession


def mend_builder(module):
    """The entry that scripts import: pyspark.sql.SparkSession and its builder."""
    builder = module.SparkSession.Builder
    plain_config, plain_get_or_create = builder.config, builder.getOrCreate

    def config(self, key=None, value=None, *, conf=None, map=None):
        wanted = dict(conf.getAll()) if conf is not None else dict(map) if map is not None else {key: value}
        for name, setting in wanted.items():
            if name in CHOSEN:
                SETTINGS.setdefault(name, setting)
            else:
                plain_config(self, name, setting)
        return self

    def master(self, master):
        return self

    def enable_hive_support(self):
        return self

    def get_or_create(self):
        for name, value in SETTINGS.items():
            if name not in CHOSEN:
                self._options.setdefault(name, value)
        with warnings.catch_warnings():
            # Settings of the cluster's machines are refused by the server, in words; a cluster only logs that.
            warnings.filterwarnings("ignore", message=r"Failed to set spark\.")
            made = plain_get_or_create(self)
        SETTINGS.update((name, value) for name, value in self._options.items() if name not in CHOSEN)
        return made

    builder.config, builder.master, builder.getOrCreate = config, master, get_or_create
    builder.remote = lambda self, url: self
    builder.enableHiveSupport = enable_hive_support
    module.SparkSession.__new__ = lambda cls, *args, **kwargs: session()


def mend_connect_session(module):
    if not hasattr(module.SparkSession, "__enter__"):  # the client of 4.2 and older
        module.SparkSession.__enter__ = lambda self: self
        module.SparkSession.__exit__ = lambda self, *error: self.stop()
    module.SparkSession.sparkContext = property(lambda self: SparkContext())
    module.SparkSession._sc = module.SparkSession.sparkContext
    module.SparkSession._jsc = property(lambda self: SparkContext()._jsc)
    module.SparkSession.Builder.enableHiveSupport = lambda self: self


def mend_connect_conf(module):
    plain = module.RuntimeConf.get

    def get(self, key, *default):
        try:
            return plain(self, key, *default)
        except Exception:
            if key in SETTINGS:  # given to spark-submit or the builder, but not of a session
                return str(SETTINGS[key])
            raise

    module.RuntimeConf.get = get


def mend_connect_dataframe(module):
    def rdd(self):
        raise not_there("DataFrame.rdd")

    module.DataFrame.rdd = property(rdd)


MENDED = {
    "pyspark": mend_pyspark,
    "pyspark.sql": mend_sql,
    "pyspark.sql.session": mend_builder,
    "pyspark.sql.connect.session": mend_connect_session,
    "pyspark.sql.connect.conf": mend_connect_conf,
    "pyspark.sql.connect.dataframe": mend_connect_dataframe,
}


class Mender(importlib.abc.MetaPathFinder):
    """Mends PySpark's modules as the script imports them: one that needs no Spark does not wait for it."""

    def find_spec(self, name, path, target=None):
        if name not in MENDED:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        plain = spec.loader.exec_module

        def exec_module(module):
            plain(module)
            MENDED[name](module)

        spec.loader.exec_module = exec_module
        return spec


def run(script, arguments):
    """Runs the script as __main__; returns only when it came to its end."""
    main = types.ModuleType("__main__")
    main.__file__ = script
    main.__builtins__ = __builtins__
    main.__loader__ = importlib.machinery.SourceFileLoader("__main__", script)
    main.__dict__["__cached__"] = None
    sys.argv = [script, *arguments]
    sys.path[0] = os.path.dirname(os.path.abspath(script))
    run.launcher = sys.modules["__main__"]  # its functions are still needed
    sys.modules["__main__"] = main
    try:
        with open(script, "rb") as source:
            code = compile(source.read(), script, "exec", dont_inherit=True)
        exec(code, main.__dict__)
    except SystemExit:
        raise
    except BaseException as error:
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
            trace = trace.tb_next
        error.__traceback__ = trace
        sys.excepthook(type(error), error, trace)
        sys.exit(1)


if __name__ == "__main__":
    plain_modules = set(sys.modules)
    sys.meta_path.insert(0, Mender())
    warm_driver = None
    if "OWLET_WARM_SOCKET" in os.environ:
        import warm_driver
        warm_driver.serve(SETTINGS, plain_modules)  # returns in a process that it forked for a script
    if len(sys.argv) < 2:
        sys.exit("usage: python3 launcher.py script.py [argument ...]")
    try:
        run(sys.argv[1], sys.argv[2:])
    except SystemExit as error:
        if warm_driver is None:
            raise
        warm_driver.end(error)
    if warm_driver is not None:
        warm_driver.end(None)
