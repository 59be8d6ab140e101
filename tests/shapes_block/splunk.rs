//! The event in Splunk's formats.

use crate::records::Shape;

pub static SHAPES: &[Shape] = &[
    Shape {
        name: "Splunk on XP",
        write: |s| {
            format!(
                "03/15/2010 11:27:57 AM\nLogName={}\nSourceName={}\nEventCode={}\nEventType={}\nType={}\nComputerName=SERVER1\nCategory=0\nCategoryString={}\nRecordNumber=4242\nMessage={}",
                s.log,
                s.source,
                s.id,
                s.number,
                s.level,
                s.category,
                s.message()
            )
        },
        silent: &["data"],
    },
    Shape {
        name: "Splunk on Vista",
        write: |s| {
            let kind = if s.level == "Error" { 2 } else { 4 };
            format!(
                "03/15/2010 11:27:57 AM\nLogName={}\nSourceName={}\nEventCode={}\nEventType={kind}\nType={}\nComputerName=SERVER1\nTaskCategory={}\nOpCode=None\nRecordNumber=4242\nKeywords=Classic\nMessage={}",
                s.log,
                s.source,
                s.id,
                s.level,
                s.category,
                s.message()
            )
        },
        silent: &["data", "number"],
    },
    Shape {
        name: "Splunk in one line",
        write: |s| {
            format!(
                "03/15/2010 11:27:57 AM LogName={} SourceName={} EventCode={} EventType=2 Type={} ComputerName=SERVER1 TaskCategory={} OpCode=None RecordNumber=4242 Keywords=Classic Message={}",
                s.log,
                s.source,
                s.id,
                s.level,
                s.category,
                s.message().replace("\r\n", " ")
            )
        },
        silent: &["data", "number"],
    },
    Shape {
        name: "Splunk through WMI",
        write: |s| {
            format!(
                "20100315112757.000000\nCategory=0\nCategoryString=NULL\nComputerName=SERVER1\nEventCode={}\nEventType={}\nLogfile={}\nMessage={}\nRecordNumber=4242\nSourceName={}\nTimeGenerated=20100315112757.000000+000\nType={}\nUser=NULL\nwmi_type=WinEventLog:{}\n",
                s.id,
                s.number,
                s.log,
                s.message(),
                s.source,
                s.level,
                s.log
            )
        },
        silent: &["data", "category"],
    },
];
