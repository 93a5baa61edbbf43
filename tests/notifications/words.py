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

# The same for Spanish, written down for these tests alone: the product's own list (workflow/discretion) must hold it too.
TELLING_ES = set(
    """
    abstinencia abuso adicción adicto adicta alcohol anónimo ataque borracho cerveza cocaína consumo crisis cárcel daño
    depresión desintoxicación doctor dosis droga drogadicto emergencia enfermo enfermedad esposa esposo experto familia
    fentanilo hermana hermano heroína hija hijo hospital jeringa juez madre mamá papá padre pareja marido medicamento
    médico metadona moderador morir muerte naloxona nieto nieta niño niña opioide pastilla peligro policía pregunta
    prisión problema psicólogo publicar recaída recuperación rehabilitación respuesta salud sobredosis sobrio suicidio
    sustancia terapia tóxico tratamiento urgente veneno violencia
    """.split()  # noqa: SIM905
)
