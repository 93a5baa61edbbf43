"""Words that would tell whoever shares the phone what a mail is about. Compared as stems."""

TELLING = set(
    """
    addict alcohol anonym answer attack baby beer brother child cocaine counsel crisis crystal daughter dead death deal
    dependen detox die disease disorder doctor dope draft drink drug drunk expert fentanyl family famil father flag
    harm health help heroin hospital husband ill jail kid kill letter loved marijuana medic mental meth mom mother
    moderat naloxone narcan needle opioid overdose parent partner pill poison police prison problem publi question
    recover rehab relapse safety self-harm sister sober son substance suicid support therap topic treat trouble urgent
    use using violen weed wife withdrawal 911 988
    """.split()  # noqa: SIM905 (a list of a hundred words is read more easily so)
)
